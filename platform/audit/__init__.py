"""The rule log: every decision with its explanation, and its exports."""
