"""The dashboard: is it going well, and what needs me?"""
