"""Documents: pages as PDF files."""
