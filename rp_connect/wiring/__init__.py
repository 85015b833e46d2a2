"""The composition root: the only room where objects are built, each when a command needs it."""
