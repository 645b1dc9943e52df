"""The commands of ``nuantong``: options in, one workflow called, the outcome told."""
