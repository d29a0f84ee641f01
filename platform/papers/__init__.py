"""Papers: what a case prints, frozen when it is issued; rendered when somebody wants it."""
