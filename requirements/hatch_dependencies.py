"""Give the wheel the direct dependencies that runtime.in names: one list, not two."""

from pathlib import Path

from hatchling.metadata.plugin.interface import MetadataHookInterface


class Dependencies(MetadataHookInterface):
    def update(self, metadata: dict) -> None:
        """Read the names; versions are the lock's business."""
        lines = Path(self.root, "requirements", "runtime.in").read_text().splitlines()
        tools = ("hatchling", "editables", "")
        metadata["dependencies"] = [line for line in lines if line not in tools]
