import { useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button, Notice } from "../../components/Button";
import { Choices, Select, Switch } from "../../components/Field";
import { settings } from "../../state/settings";
import { type LevelMeter, meter } from "../../voice/level";
import {
  type AudioDevice,
  audioDevices,
  microphonePossible,
  openMicrophone,
  outputChoosable,
} from "../../voice/microphone";
import { useSettings } from "../parley";

/** Devices and how one is heard, in this browser. */
export default function VoiceSettings() {
  const { t } = useTranslation();
  const all = useSettings((state) => state);
  const [devices, setDevices] = useState<{ inputs: AudioDevice[]; outputs: AudioDevice[] }>({
    inputs: [],
    outputs: [],
  });
  const look = useCallback(() => {
    audioDevices().then(setDevices, () => undefined);
  }, []);
  useEffect(() => {
    look();
    navigator.mediaDevices?.addEventListener("devicechange", look);
    return () => navigator.mediaDevices?.removeEventListener("devicechange", look);
  }, [look]);
  const options = (list: AudioDevice[]): { value: string; label: string }[] => [
    { value: "default", label: t("settings.defaultDevice") },
    ...list.map((device, index) => ({
      value: device.id,
      label: device.label || t("settings.device", { number: index + 1 }),
    })),
  ];
  return (
    <section>
      {!microphonePossible() && <Notice tone="warn">{t("mic.insecure")}</Notice>}
      <Select
        label={t("settings.input")}
        value={all.inputDevice}
        options={options(devices.inputs)}
        onChange={(inputDevice) => settings.setState({ inputDevice })}
      />
      <Test onOpen={look} />
      {outputChoosable() && (
        <Select
          label={t("settings.output")}
          value={all.outputDevice}
          options={options(devices.outputs)}
          onChange={(outputDevice) => settings.setState({ outputDevice })}
        />
      )}
      <Choices
        label={t("settings.micMode")}
        value={all.micMode}
        onChange={(micMode) => settings.setState({ micMode })}
        options={[
          { value: "voice", label: t("settings.micVoice") },
          { value: "push", label: t("settings.micPush") },
        ]}
      />
      {all.micMode === "push" && <PushKey value={all.pushKey} />}
      <Switch
        label={t("settings.noise")}
        checked={all.noiseSuppression}
        onChange={(noiseSuppression) => settings.setState({ noiseSuppression })}
      />
      <Switch
        label={t("settings.echo")}
        checked={all.echoCancellation}
        onChange={(echoCancellation) => settings.setState({ echoCancellation })}
      />
      <Switch
        label={t("settings.gain")}
        checked={all.autoGain}
        onChange={(autoGain) => settings.setState({ autoGain })}
      />
      <Switch
        label={t("settings.sounds")}
        checked={all.sounds}
        onChange={(sounds) => settings.setState({ sounds })}
      />
    </section>
  );
}

/** Opens the microphone while it runs and shows its level; nothing is sent anywhere. */
function Test({ onOpen }: { onOpen: () => void }) {
  const { t } = useTranslation();
  const bar = useRef<HTMLMeterElement>(null);
  const [running, setRunning] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const device = useSettings((state) => state.inputDevice);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another device is opened anew
  useEffect(() => {
    if (!running) return;
    let ended = false;
    let frame = 0;
    let stream: MediaStream | null = null;
    let level: LevelMeter | null = null;
    const draw = (): void => {
      if (bar.current && level) bar.current.value = level.level();
      frame = requestAnimationFrame(draw);
    };
    void openMicrophone(settings.getState()).then((microphone) => {
      if (microphone.state !== "on") {
        setProblem(t(`mic.${microphone.state}`));
        setRunning(false);
        return;
      }
      stream = microphone.stream;
      if (ended) {
        for (const track of stream.getTracks()) track.stop();
        return;
      }
      onOpen();
      level = meter(stream);
      draw();
    });
    return () => {
      ended = true;
      cancelAnimationFrame(frame);
      level?.close();
      for (const track of stream?.getTracks() ?? []) track.stop();
    };
  }, [running, device, onOpen]);

  return (
    <div className="field">
      <span className="label" id="level-label">
        {t("settings.level")}
      </span>
      <div className="level">
        <meter ref={bar} min={0} max={1} value={0} aria-labelledby="level-label" />
        <Button
          onClick={() => {
            setProblem(null);
            setRunning(!running);
          }}
        >
          {t(running ? "settings.testStop" : "settings.test")}
        </Button>
      </div>
      {problem !== null && (
        <span className="problem" role="alert">
          {problem}
        </span>
      )}
    </div>
  );
}

function PushKey({ value }: { value: string }) {
  const { t } = useTranslation();
  const [waiting, setWaiting] = useState(false);
  useEffect(() => {
    if (!waiting) return;
    const pressed = (event: KeyboardEvent): void => {
      event.preventDefault();
      event.stopPropagation();
      if (event.code !== "Escape" && event.code !== "") settings.setState({ pushKey: event.code });
      setWaiting(false);
    };
    window.addEventListener("keydown", pressed, true);
    return () => window.removeEventListener("keydown", pressed, true);
  }, [waiting]);
  return (
    <div className="switch-row">
      <span>
        {t("settings.pushKey")} <kbd>{value}</kbd>
        <small>{t("settings.pushHint")}</small>
      </span>
      <Button onClick={() => setWaiting(true)} aria-live="polite" data-testid="push-key">
        {t(waiting ? "settings.pressKey" : "settings.changeKey")}
      </Button>
    </div>
  );
}
