"""The command line: the same services from a terminal."""
