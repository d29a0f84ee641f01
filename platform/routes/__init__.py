"""Approval routes: who is asked, in which order, and what a vote does."""
