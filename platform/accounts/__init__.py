"""Accounts at work: payments, what holders and finance offices see and do, billing runs."""
