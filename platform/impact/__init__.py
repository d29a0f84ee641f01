"""What a draft would change: stored cases evaluated by the live version and by the draft, side by side; nothing is kept."""
