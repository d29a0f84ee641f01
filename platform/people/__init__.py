"""The directory of people, departments and roles, and sign-in."""
