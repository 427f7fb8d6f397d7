/** One peer connection: a sending m-line, then a receiving one for each slot; offered once, restarted, never renegotiated otherwise. */

import type { Participant } from "../gateway/protocol";
import { Playback } from "./playback";

export interface SlotStats {
  participant: Participant;
  audioLevel: number;
  totalAudioEnergy: number;
  packetsReceived: number;
  concealedSamples: number;
  /** How loud it is played, 0 to 1. */
  volume: number;
}

export interface Quality {
  /** Round trip to the server in milliseconds. */
  rttMs: number | null;
  /** Share of packets lost on either way, 0 to 1. */
  loss: number;
}

export interface PeerHooks {
  state(state: RTCPeerConnectionState): void;
  /** The browser plays nothing before a click. */
  blocked(): void;
}

export class Peer {
  readonly #pc: RTCPeerConnection;
  readonly #sender: RTCRtpSender;
  readonly playback: Playback;
  #lost = 0;
  #received = 0;

  constructor(iceServers: RTCIceServer[], slots: number, track: MediaStreamTrack | null, hooks: PeerHooks) {
    const pc = new RTCPeerConnection({ iceServers, bundlePolicy: "max-bundle", rtcpMuxPolicy: "require" });
    this.#pc = pc;
    // `sendonly` also without a microphone: one that comes later then needs no new offer.
    this.#sender = pc.addTransceiver(track ?? "audio", { direction: "sendonly" }).sender;
    this.playback = new Playback(hooks.blocked);
    for (let slot = 0; slot < slots; slot += 1) {
      this.playback.add(pc.addTransceiver("audio", { direction: "recvonly" }).receiver);
    }
    pc.onconnectionstatechange = () => hooks.state(pc.connectionState);
  }

  get state(): RTCPeerConnectionState {
    return this.#pc.connectionState;
  }

  /** The SDP to send; `restart` asks for new ICE credentials. */
  async offer(restart: boolean): Promise<string> {
    await this.#pc.setLocalDescription(await this.#pc.createOffer({ iceRestart: restart }));
    return this.#pc.localDescription?.sdp ?? "";
  }

  async answer(sdp: string): Promise<void> {
    if (this.#pc.signalingState === "have-local-offer") {
      await this.#pc.setRemoteDescription({ type: "answer", sdp });
    }
  }

  async send(track: MediaStreamTrack | null): Promise<void> {
    if (this.#pc.signalingState !== "closed") await this.#sender.replaceTrack(track);
  }

  close(): void {
    this.#pc.onconnectionstatechange = null;
    this.playback.close();
    this.#pc.close();
  }

  async slotStats(): Promise<SlotStats[]> {
    const speakers = this.playback.speakers();
    const volumes = this.playback.volumes();
    return Promise.all(
      this.playback.receivers().map(async (receiver, slot) => {
        const stats = await inbound(receiver);
        return {
          participant: speakers[slot] ?? 0,
          audioLevel: stats?.audioLevel ?? 0,
          totalAudioEnergy: stats?.totalAudioEnergy ?? 0,
          packetsReceived: stats?.packetsReceived ?? 0,
          concealedSamples: stats?.concealedSamples ?? 0,
          volume: volumes[slot] ?? 0,
        };
      }),
    );
  }

  /** How the connection does since the last call. */
  async quality(): Promise<Quality> {
    const report = await this.#pc.getStats();
    let rttMs: number | null = null;
    let uplinkLoss = 0;
    let lost = 0;
    let received = 0;
    for (const stats of report.values()) {
      if (stats.type === "candidate-pair" && stats.nominated && stats.currentRoundTripTime !== undefined) {
        rttMs = Math.round(stats.currentRoundTripTime * 1000);
      } else if (stats.type === "remote-inbound-rtp") {
        uplinkLoss = Math.max(uplinkLoss, stats.fractionLost ?? 0);
      } else if (stats.type === "inbound-rtp") {
        lost += Math.max(0, stats.packetsLost ?? 0);
        received += stats.packetsReceived ?? 0;
      }
    }
    const newlyLost = Math.max(0, lost - this.#lost);
    const newlyReceived = Math.max(0, received - this.#received);
    this.#lost = lost;
    this.#received = received;
    const downlinkLoss = newlyLost + newlyReceived === 0 ? 0 : newlyLost / (newlyLost + newlyReceived);
    return { rttMs, loss: Math.max(uplinkLoss, downlinkLoss) };
  }
}

async function inbound(receiver: RTCRtpReceiver): Promise<RTCInboundRtpStreamStats | undefined> {
  const report = await receiver.getStats();
  for (const stats of report.values()) {
    if (stats.type === "inbound-rtp") return stats as RTCInboundRtpStreamStats;
  }
  return undefined;
}
