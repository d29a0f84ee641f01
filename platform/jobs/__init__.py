"""What the platform does by the clock."""
