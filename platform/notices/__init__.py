"""Telling people and other systems: what an event gives them to know, the outbox, the channels, the dispatcher."""
