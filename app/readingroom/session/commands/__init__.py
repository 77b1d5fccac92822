"""Every verb of the desk, declared once: menus, keys and the manual read this list."""
