"""Wonde: one interface to the MIS of many British schools."""
