/** Things as the server would send them. */

import type {
  Channel,
  GroupView,
  Me,
  Member,
  Message,
  Ready,
  Section,
  User,
  VoiceState,
} from "../src/gateway/protocol";

export const me: Me = { id: "1", username: "anna", display_name: "Anna", operator: false };
export const boris: User = { id: "2", username: "boris", display_name: "Boris" };
export const chloe: User = { id: "3", username: "chloe", display_name: "Chloe" };

export const member = (user: string, more: Partial<Member> = {}): Member => ({
  group_id: "10",
  user_id: user,
  role_ids: [],
  joined_ms: 0,
  timed_out_until_ms: null,
  ...more,
});

export const channel = (id: string, more: Partial<Channel> = {}): Channel => ({
  id,
  group_id: "10",
  kind: "text",
  name: `channel-${id}`,
  topic: "",
  position: 0,
  category_id: null,
  slow_mode_s: 0,
  overwrites: [],
  last_message_id: null,
  ...more,
});

export const textSection = (text: string): Section => ({ kind: "text", text });

export const message = (id: string, author: string = boris.id, more: Partial<Message> = {}): Message => ({
  id,
  channel_id: "11",
  author_id: author,
  sections: [textSection(`message ${id}`)],
  edited_ms: null,
  nonce: null,
  ...more,
});

export const voiceState = (
  user: string,
  participant: number,
  more: Partial<VoiceState> = {},
): VoiceState => ({
  channel_id: "12",
  user_id: user,
  participant,
  muted: false,
  deafened: false,
  may_speak: true,
  connected: true,
  ...more,
});

export const groupView = (more: Partial<GroupView> = {}): GroupView => ({
  group: { id: "10", name: "Garden", owner_id: boris.id },
  channels: [channel("11", { last_message_id: "100" }), channel("12", { kind: "voice" })],
  roles: [{ id: "10", group_id: "10", name: "everyone", permissions: 0b1110111, position: 0 }],
  member: member(me.id),
  member_count: 2,
  cursors: [{ channel_id: "11", last_read_id: "100", unread: 0 }],
  voice: [],
  ...more,
});

export const ready = (more: Partial<Ready> = {}): Ready => ({
  type: "ready",
  session: "s1",
  me,
  groups: [groupView()],
  additions: [],
  users: [boris],
  resume_within_ms: 120_000,
  ...more,
});
