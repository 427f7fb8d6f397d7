"""Certificates: those that an operator gives, and self-signed ones where nobody did."""
