"""The command line: the same records and the same powers as the Python API."""
