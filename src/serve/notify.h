/* notify.h - telling systemd how it goes */
#ifndef LW_NOTIFY_H
#define LW_NOTIFY_H

/*
 * One datagram to $NOTIFY_SOCKET ("READY=1"); nothing when there is none. The protocol is this one datagram,
 * documented as stable in sd_notify(3), so libsystemd with its own dependencies is not linked for it.
 */
void lw_notify(const char *state);

#endif
