"""What pages are made of: cached reads, formats, filters and the frame around every page.

Only this package, `app.py` and `pages/` import streamlit; `formats`, `words` and `alert_words` do without it.
"""
