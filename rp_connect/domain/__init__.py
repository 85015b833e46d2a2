"""Values and decisions of restorative casework: no I/O, no clock, no vendor words."""
