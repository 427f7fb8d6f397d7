import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { voiceState } from "../../test/samples";
import type { Participant, SendRequest } from "../gateway/protocol";
import { networkError, RequestError } from "../lib/errors";
import { Call } from "./call";
import type { CallSettings } from "./callState";
import type { Microphone } from "./microphone";
import type { Peer, PeerHooks } from "./peer";
import type { Sound } from "./sounds";

/** A peer connection whose path is up or down as the test says. */
class FakePeer {
  static made: FakePeer[] = [];
  state: RTCPeerConnectionState = "new";
  offers: boolean[] = [];
  answers: string[] = [];
  tracks: (MediaStreamTrack | null)[] = [];
  closed = false;
  told: Participant[] = [];
  readonly playback = {
    tell: (slots: Participant[], own: Participant) => {
      this.told = slots.map((each) => (each === own ? 0 : each));
    },
    apply: vi.fn(),
    unblock: vi.fn(),
  };
  /** What becomes of the path after an answer. */
  static outcome: (peer: FakePeer) => RTCPeerConnectionState = () => "connected";

  constructor(
    readonly slots: number,
    readonly hooks: PeerHooks,
  ) {
    FakePeer.made.push(this);
  }
  static get last(): FakePeer {
    const peer = FakePeer.made.at(-1);
    if (!peer) throw new Error("No peer connection was made.");
    return peer;
  }
  offer(restart: boolean): Promise<string> {
    this.offers.push(restart);
    return Promise.resolve(`offer ${this.offers.length}`);
  }
  answer(sdp: string): Promise<void> {
    this.answers.push(sdp);
    this.state = FakePeer.outcome(this);
    return Promise.resolve();
  }
  send(track: MediaStreamTrack | null): Promise<void> {
    this.tracks.push(track);
    return Promise.resolve();
  }
  turn(state: RTCPeerConnectionState): void {
    this.state = state;
    this.hooks.state(state);
  }
  close(): void {
    this.closed = true;
    this.state = "closed";
  }
  slotStats = () => Promise.resolve([]);
  quality = () => Promise.resolve({ rttMs: 5, loss: 0 });
}

const usual: CallSettings = {
  micMode: "voice",
  inputDevice: "default",
  outputDevice: "default",
  noiseSuppression: true,
  echoCancellation: true,
  autoGain: true,
  sounds: true,
};

function setUp(more: Partial<CallSettings> = {}) {
  const track = { enabled: true, stop: vi.fn(), onended: null } as unknown as MediaStreamTrack;
  let microphone: Microphone = {
    state: "on",
    stream: { getAudioTracks: () => [track] } as unknown as MediaStream,
  };
  let participant = 100;
  const world = {
    connected: true,
    ignored: [] as Participant[],
    failWith: null as Error | null,
    /** Answers to offers wait for this. */
    answers: Promise.resolve(),
  };
  const asked: [string, Record<string, unknown>][] = [];
  const request = vi.fn((name: string, fields: Record<string, unknown>) => {
    if (!world.connected) return Promise.reject(networkError());
    if (world.failWith && name === "voice.prepare") return Promise.reject(world.failWith);
    asked.push([name, fields]);
    if (name === "voice.prepare") return Promise.resolve({ ice_servers: [], slots: 8 });
    if (name !== "voice.offer") return Promise.resolve({});
    // An ICE restart keeps its number.
    if (FakePeer.last.offers.at(-1) === false) participant += 1;
    const answer = {
      negotiation: fields["negotiation"],
      sdp: "answer",
      participant,
      slots: [participant, 7],
      participants: [],
    };
    return world.answers.then(() => answer);
  });
  const sounds: Sound[] = [];
  const settings = { ...usual, ...more };
  const call = new Call({
    request: request as unknown as SendRequest,
    gatewayConnected: () => world.connected,
    settings: () => settings,
    volumeOf: () => 1,
    ignoredIn: () => [...world.ignored],
    openMicrophone: () => Promise.resolve(microphone),
    playSound: (sound) => sounds.push(sound),
    createPeer: (_, slots, __, hooks) => new FakePeer(slots, hooks) as unknown as Peer,
  });
  const names = () => asked.map(([name]) => name);
  const of = (name: string) => asked.filter(([each]) => each === name).map(([, fields]) => fields);
  const setMicrophone = (next: Microphone) => (microphone = next);
  return {
    call,
    world,
    asked,
    names,
    of,
    sounds,
    track,
    settings,
    setMicrophone,
    state: () => call.store.getState(),
  };
}

const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

async function inCall(more: Partial<CallSettings> = {}) {
  const all = setUp(more);
  void all.call.join("12");
  await pass(100);
  return all;
}

beforeEach(() => {
  vi.useFakeTimers();
  FakePeer.made = [];
  FakePeer.outcome = () => "connected";
});
afterEach(() => void vi.useRealTimers());

describe("joining", () => {
  it("prepares, offers once, and is connected", async () => {
    const { names, of, state, sounds } = await inCall();
    expect(names()).toEqual(["voice.prepare", "voice.offer"]);
    expect(of("voice.offer")[0]).toMatchObject({
      channel_id: "12",
      negotiation: 1,
      sdp: "offer 1",
      muted: false,
    });
    expect(FakePeer.last.slots).toBe(8);
    expect(FakePeer.last.told).toEqual([0, 7]);
    expect(state()).toMatchObject({ phase: "connected", participant: 101, mic: "on" });
    expect(sounds).toEqual(["join"]);
  });

  it("listens without a microphone, and shows as muted", async () => {
    const all = setUp();
    all.setMicrophone({ state: "denied" });
    void all.call.join("12");
    await pass(100);
    expect(all.state()).toMatchObject({ phase: "connected", mic: "denied", muted: false });
    const last = [...all.of("voice.offer"), ...all.of("voice.update")].at(-1);
    expect(last).toMatchObject({ muted: true });
  });

  it("unmutes at the server when the microphone is allowed later", async () => {
    const all = setUp();
    all.setMicrophone({ state: "denied" });
    void all.call.join("12");
    await pass(100);
    all.setMicrophone({
      state: "on",
      stream: { getAudioTracks: () => [all.track] } as unknown as MediaStream,
    });
    all.call.reopenMicrophone();
    await pass(0);
    expect(FakePeer.last.tracks.at(-1)).toBe(all.track);
    expect(all.of("voice.update").at(-1)).toMatchObject({ muted: false });
  });

  it("says so when the server refuses, and does not try again by itself", async () => {
    const all = setUp();
    all.world.failWith = new RequestError("forbidden", "No.");
    void all.call.join("12");
    await pass(60_000);
    expect(all.state()).toMatchObject({ phase: "failed", error: { code: "forbidden" } });
    all.world.failWith = null;
    void all.call.join("12");
    await pass(100);
    expect(all.state().phase).toBe("connected");
  });

  it("gives up when no path can be found at first", async () => {
    FakePeer.outcome = () => "failed";
    const { state } = await inCall();
    await pass(60_000);
    expect(state()).toMatchObject({ phase: "failed", error: { code: "voice_unreachable" } });
  });

  it("leaves one channel for another", async () => {
    const { call, of, state } = await inCall();
    const first = FakePeer.last;
    void call.join("13");
    await pass(100);
    expect(first.closed).toBe(true);
    expect(of("voice.leave")).toEqual([{ participant: 101 }]);
    expect(state()).toMatchObject({ channelId: "13", phase: "connected", participant: 102 });
  });

  it("leaves no empty seat when one left while the answer was under way", async () => {
    const { call, of, state } = setUp();
    void call.join("12");
    await pass(0);
    call.leave();
    await pass(1_000);
    expect(state().phase).toBe("idle");
    const offered = of("voice.offer").length;
    expect(of("voice.leave")).toHaveLength(offered);
  });
});

describe("mute", () => {
  it("acts at once and is told", async () => {
    const { call, track, of, sounds } = await inCall();
    call.setMuted(true);
    expect(track.enabled).toBe(false);
    expect(of("voice.update")).toEqual([{ participant: 101, muted: true, deafened: false }]);
    expect(sounds.at(-1)).toBe("mute");
  });

  it("deafening mutes; undeafening brings back the mute from before", async () => {
    const { call, state } = await inCall();
    call.setDeafened(true);
    expect(state()).toMatchObject({ muted: true, deafened: true });
    call.setDeafened(false);
    expect(state()).toMatchObject({ muted: false, deafened: false });
    call.setMuted(true);
    call.setDeafened(true);
    call.setDeafened(false);
    expect(state().muted).toBe(true);
    call.setDeafened(true);
    call.setMuted(false);
    expect(state()).toMatchObject({ muted: false, deafened: false });
  });

  it("changed without a gateway is told when it is back", async () => {
    const { call, world, of } = await inCall();
    world.connected = false;
    call.setMuted(true);
    expect(of("voice.update")).toEqual([]);
    world.connected = true;
    call.gatewayBack(null);
    expect(of("voice.update")).toMatchObject([{ muted: true }]);
  });

  it("push to talk opens the microphone while the key is held", async () => {
    const { call, track, of } = await inCall({ micMode: "push" });
    expect(track.enabled).toBe(false);
    call.setHeld(true);
    expect(track.enabled).toBe(true);
    call.setHeld(false);
    expect(track.enabled).toBe(false);
    expect(of("voice.update")).toEqual([]);
  });
});

describe("the ladder", () => {
  it("restarts ICE when the path fails", async () => {
    const { state, of } = await inCall();
    FakePeer.last.turn("failed");
    expect(state().phase).toBe("reconnecting");
    await pass(100);
    expect(FakePeer.made).toHaveLength(1);
    expect(FakePeer.last.offers).toEqual([false, true]);
    expect(of("voice.offer").map((each) => each["negotiation"])).toEqual([1, 2]);
    expect(state().phase).toBe("connected");
  });

  it("gives a disconnected path two seconds to mend by itself", async () => {
    await inCall();
    FakePeer.last.turn("disconnected");
    await pass(1_999);
    FakePeer.last.turn("connected");
    await pass(5_000);
    expect(FakePeer.last.offers).toEqual([false]);
    FakePeer.last.turn("disconnected");
    await pass(2_100);
    expect(FakePeer.last.offers).toEqual([false, true]);
  });

  it("makes a new connection when the restart does not help, with the mute it had", async () => {
    const { call, state, of } = await inCall();
    call.setMuted(true);
    FakePeer.outcome = (peer) => (peer.offers.length > 1 ? "failed" : "connected");
    FakePeer.last.turn("failed");
    await pass(7_000);
    expect(FakePeer.made).toHaveLength(2);
    expect(FakePeer.made[0]?.closed).toBe(true);
    expect(of("voice.offer").at(-1)).toMatchObject({ muted: true });
    expect(state()).toMatchObject({ phase: "connected", muted: true });
  });

  it("waits for the gateway first", async () => {
    const { call, world, state } = await inCall();
    world.connected = false;
    FakePeer.last.turn("failed");
    await pass(120_000);
    expect(FakePeer.last.offers).toEqual([false]);
    expect(state().phase).toBe("reconnecting");
    world.connected = true;
    call.gatewayBack([voiceState("1", 101)]);
    await pass(100);
    expect(state().phase).toBe("connected");
  });

  it("tries for as long as it takes once it has worked", async () => {
    const { state } = await inCall();
    FakePeer.outcome = () => "failed";
    FakePeer.last.turn("failed");
    await pass(300_000);
    expect(state().phase).toBe("reconnecting");
    FakePeer.outcome = () => "connected";
    await pass(31_000);
    expect(state().phase).toBe("connected");
  });

  it("comes back by itself when a new snapshot does not know it any more", async () => {
    const { call, state } = await inCall();
    call.setMuted(true);
    call.gatewayBack([voiceState("2", 7)]);
    await pass(100);
    expect(FakePeer.made).toHaveLength(2);
    expect(state()).toMatchObject({ phase: "connected", participant: 102, muted: true });
  });

  it("stays as it is when the snapshot knows it", async () => {
    const { call } = await inCall();
    call.gatewayBack([voiceState("1", 101)]);
    await pass(1_000);
    expect(FakePeer.made).toHaveLength(1);
  });

  it("makes a new connection after a reset that says so", async () => {
    const { call, state } = await inCall();
    call.event({
      type: "voice.reset",
      channel_id: "12",
      participant: 101,
      reason: "node_restarted",
      retry: true,
    });
    await pass(100);
    expect(FakePeer.made).toHaveLength(2);
    expect(state()).toMatchObject({ phase: "connected", participant: 102 });
  });

  it("ends when another device joined, and says why", async () => {
    const { call, state, of } = await inCall();
    call.event({
      type: "voice.reset",
      channel_id: "12",
      participant: 101,
      reason: "joined_elsewhere",
      retry: false,
    });
    await pass(10_000);
    expect(state()).toMatchObject({ phase: "idle", channelId: null, error: { code: "joined_elsewhere" } });
    expect(of("voice.leave")).toEqual([]);
  });

  it("passes over a reset of an earlier connection", async () => {
    const { call, state } = await inCall();
    call.event({
      type: "voice.reset",
      channel_id: "12",
      participant: 55,
      reason: "joined_elsewhere",
      retry: false,
    });
    expect(state().phase).toBe("connected");
  });

  it("passes over what is said late of the number it gave up, while its new offer is under way", async () => {
    const { call, world, state, of } = await inCall();
    const late = { channel_id: "12", participant: 101, reason: "joined_elsewhere", retry: false } as const;
    let answer = (): void => undefined;
    world.answers = new Promise((resolve) => {
      answer = resolve;
    });
    call.gatewayBack([voiceState("2", 7)]);
    await pass(100);
    expect(of("voice.offer")).toHaveLength(2);
    call.event({ type: "voice.reset", ...late });
    expect(state()).toMatchObject({ phase: "reconnecting", channelId: "12" });
    answer();
    await pass(100);
    expect(state()).toMatchObject({ phase: "connected", participant: 102 });
    call.event({ type: "voice.reset", ...late });
    expect(state()).toMatchObject({ phase: "connected", participant: 102 });
  });

  it("gives back the old seat when one leaves before the new one is known", async () => {
    const { call, world, of } = await inCall();
    world.answers = new Promise(() => undefined);
    call.gatewayBack([voiceState("2", 7)]);
    await pass(100);
    call.leave();
    expect(of("voice.leave")).toEqual([{ participant: 101 }]);
  });

  it("stops when one leaves while it climbs", async () => {
    const { call, state } = await inCall();
    FakePeer.outcome = () => "failed";
    FakePeer.last.turn("failed");
    await pass(1_000);
    call.leave();
    const made = FakePeer.made.length;
    await pass(120_000);
    expect(FakePeer.made).toHaveLength(made);
    expect(state()).toMatchObject({ phase: "idle", channelId: null });
  });

  it("ends with its channel", async () => {
    const { call, state } = await inCall();
    call.event({ type: "channel.delete", group_id: "10", channel_id: "12" });
    expect(state().channelId).toBeNull();
  });
});

describe("mute for me", () => {
  it("tells the list when it changes, and again to a new connection", async () => {
    const { call, world, of } = await inCall();
    expect(of("voice.ignore")).toEqual([]);
    world.ignored = [9, 7];
    call.peopleChanged(null);
    call.peopleChanged(null);
    await pass(0);
    expect(of("voice.ignore")).toEqual([{ participant: 101, ignored: [7, 9] }]);
    call.gatewayBack([]);
    await pass(100);
    expect(of("voice.ignore").at(-1)).toEqual({ participant: 102, ignored: [7, 9] });
    FakePeer.last.turn("failed");
    await pass(100);
    expect(of("voice.offer")).toHaveLength(3);
    world.ignored = [];
    call.settingsChanged();
    await pass(0);
    expect(of("voice.ignore").at(-1)).toEqual({ participant: 102, ignored: [] });
  });
});

it("sounds for others who come and go, while connected", async () => {
  const { call, sounds } = await inCall();
  call.peopleChanged("join");
  call.peopleChanged("leave");
  call.peopleChanged(null);
  expect(sounds).toEqual(["join", "join", "leave"]);
});
