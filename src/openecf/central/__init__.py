"""The central site: PACER accounts, Central Sign-On, billing, the directory of courts."""
