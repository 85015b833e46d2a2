"""Microsoft 365: Teams meetings, SharePoint records and Planner tasks of a school's own tenant."""
