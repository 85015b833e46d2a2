"""The embedded workspace: one folder of tasks, meetings, records and notices that people may open and change."""
