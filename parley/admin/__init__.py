"""``parley admin``: what the operator does at the server itself."""
