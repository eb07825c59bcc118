"""What people touch: the command line, the plain chat and the demo, over one set of actions."""
