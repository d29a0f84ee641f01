"""Statistics of cases and steps: figures for those who answer for a service, never about a person."""
