"""The archive: cases at their end as files that can be kept, and checked without the hall."""
