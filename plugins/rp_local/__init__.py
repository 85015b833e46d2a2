"""The embedded workspace: a folder of tasks, meetings, records and notices that people may open and edit."""
