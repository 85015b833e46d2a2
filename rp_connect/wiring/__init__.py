"""The composition root: the only room where objects are built. Each builder imports what it needs when it is called."""
