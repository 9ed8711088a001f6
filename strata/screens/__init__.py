"""The screens: the research chat in Streamlit. Streamlit is imported here and in app.py, and nowhere else."""
