"""The worked scenarios of the field, each driven through a real sync of a drop folder."""
