# The vendor's archive, unpacked where the manual says (M06).
setpriv --reuid windows --regid windows --init-groups -- cp -r /opt/windows/postgresql "$V"
