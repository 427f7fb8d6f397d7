/** The microphone: asked for, opened with the chosen device, and why it is not there when it is not. */

/** Why others cannot hear, or `on`. One may listen without a microphone. */
export type MicState = "off" | "asking" | "on" | "denied" | "missing" | "busy" | "insecure";

export interface MicChoice {
  inputDevice: string;
  noiseSuppression: boolean;
  echoCancellation: boolean;
  autoGain: boolean;
}

export type Microphone =
  | { state: "on"; stream: MediaStream }
  | { state: Exclude<MicState, "on" | "asking" | "off"> };

/** Browsers give a microphone to HTTPS and localhost alone. */
export function microphonePossible(): boolean {
  return window.isSecureContext && navigator.mediaDevices !== undefined;
}

export async function openMicrophone(choice: MicChoice): Promise<Microphone> {
  if (!microphonePossible()) return { state: "insecure" };
  const audio: MediaTrackConstraints = {
    noiseSuppression: choice.noiseSuppression,
    echoCancellation: choice.echoCancellation,
    autoGainControl: choice.autoGain,
    channelCount: 1,
    ...(choice.inputDevice === "default" ? {} : { deviceId: { ideal: choice.inputDevice } }),
  };
  try {
    return { state: "on", stream: await navigator.mediaDevices.getUserMedia({ audio }) };
  } catch (error) {
    const name = error instanceof DOMException ? error.name : "";
    if (name === "NotAllowedError" || name === "SecurityError") return { state: "denied" };
    if (name === "NotFoundError" || name === "OverconstrainedError") return { state: "missing" };
    return { state: "busy" };
  }
}

export interface AudioDevice {
  id: string;
  label: string;
}

/** Devices to choose from; browsers name them only once a microphone has been allowed. */
export async function audioDevices(): Promise<{ inputs: AudioDevice[]; outputs: AudioDevice[] }> {
  if (!microphonePossible()) return { inputs: [], outputs: [] };
  const all = await navigator.mediaDevices.enumerateDevices();
  const of = (kind: MediaDeviceKind): AudioDevice[] =>
    all
      .filter((device) => device.kind === kind && device.deviceId !== "" && device.deviceId !== "default")
      .map((device) => ({ id: device.deviceId, label: device.label }));
  return { inputs: of("audioinput"), outputs: of("audiooutput") };
}

export function outputChoosable(): boolean {
  return "setSinkId" in HTMLMediaElement.prototype;
}
