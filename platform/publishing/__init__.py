"""Versions of services: publish, keep, reload live."""
