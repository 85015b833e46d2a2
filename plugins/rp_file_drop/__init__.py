"""MIS by CSV files: works with every MIS that can export. The format is spec/file-drop.md."""
