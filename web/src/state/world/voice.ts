/** Who is in voice channels, and who speaks. Pure. */

import type { GatewayEvent } from "../../gateway/protocol";
import { without } from "./records";
import type { Reducers } from "./shape";

type Types = Extract<GatewayEvent["type"], `voice.${string}`>;

export const voiceReducers: Reducers<Types> = {
  "voice.update": (world, { state }) => {
    const people = (world.voice[state.channel_id] ?? []).filter(
      (each) => each.user_id !== state.user_id && each.participant !== state.participant,
    );
    // In the order of arrival, a change keeps one's place.
    const before = world.voice[state.channel_id]?.findIndex((each) => each.user_id === state.user_id) ?? -1;
    people.splice(before === -1 ? people.length : before, 0, state);
    return {
      ...world,
      voice: { ...world.voice, [state.channel_id]: people },
      speaking: state.muted ? without(world.speaking, state.participant) : world.speaking,
    };
  },
  "voice.leave": (world, { channel_id, participant }) => ({
    ...world,
    voice: {
      ...world.voice,
      [channel_id]: (world.voice[channel_id] ?? []).filter((each) => each.participant !== participant),
    },
    speaking: without(world.speaking, participant),
  }),
  "voice.speaking": (world, { participant, speaking }) => ({
    ...world,
    speaking: speaking ? { ...world.speaking, [participant]: true } : without(world.speaking, participant),
  }),
  "voice.slots": (world, { channel_id, slots }) => ({
    ...world,
    slots: { ...world.slots, [channel_id]: slots },
  }),
  // The call itself acts on it (voice/call.ts); a voice.leave tells who is gone.
  "voice.reset": (world) => world,
};
