"""Give the wheel the direct dependencies that runtime.in names: one list, not two."""

from pathlib import Path

from hatchling.metadata.plugin.interface import MetadataHookInterface


class Dependencies(MetadataHookInterface):
    def update(self, metadata: dict) -> None:
        """Read the names; versions are the lock's business."""
        lines = Path(self.root, "requirements", "runtime.in").read_text().split()
        metadata["dependencies"] = [n for n in lines if n not in ("hatchling", "editables")]
