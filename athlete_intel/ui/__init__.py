"""What pages are made of: cached reads, formats, filters and the frame around every page.

Only this package, `app.py` and `pages/` import streamlit; `formats` and `words` do without it.
"""
