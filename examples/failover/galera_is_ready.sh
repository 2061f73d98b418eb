#!/bin/sh
# HAProxy asks with it whether a Galera server belongs to the part that may write ($3 and $4: its address and port).
# sql.cnf has a [client] with the user and password of an account without any rights.
told=$(timeout 2 mariadb --defaults-file=/etc/haproxy/sql.cnf --host="$3" --port="$4" --skip-column-names \
    --execute="SHOW STATUS LIKE 'wsrep_ready'") || exit 1
case $told in *ON) exit 0 ;; esac
exit 1
