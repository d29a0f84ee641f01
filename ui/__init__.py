"""Ways in: screens, REST and the command line. All call the hall."""
