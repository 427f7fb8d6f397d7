import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "../../components/Button";
import { clockText } from "../messages/shapes";
import { type Recording, record } from "./recording";

interface Props {
  onDone: (file: File) => void;
  onCancel: () => void;
}

/** In the place of the box while one speaks. */
export default function VoiceRecorder({ onDone, onCancel }: Props) {
  const { t } = useTranslation();
  const recording = useRef<Recording | null>(null);
  const [ms, setMs] = useState(0);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    let here = true;
    record()
      .then((begun) => {
        if (here) recording.current = begun;
        else begun.cancel();
      })
      .catch(() => here && setFailed(true));
    const timer = setInterval(() => setMs(recording.current?.elapsedMs() ?? 0), 200);
    return () => {
      here = false;
      clearInterval(timer);
      recording.current?.cancel();
    };
  }, []);
  const done = async (): Promise<void> => {
    const file = await recording.current?.stop();
    recording.current = null;
    if (file) onDone(file);
    else onCancel();
  };
  return (
    <div className="composer-box recorder" data-testid="recorder">
      <IconButton icon="trash" label={t("composer.voiceCancel")} onClick={onCancel} />
      {failed ? (
        <span className="grow problem" role="alert">
          {t("composer.voiceFailed")}
        </span>
      ) : (
        <span className="grow" role="status">
          <span className="recording-dot" aria-hidden="true" />
          {t("composer.voiceRecording")} <time>{clockText(ms)}</time>
        </span>
      )}
      <IconButton
        icon="check"
        label={t("composer.voiceDone")}
        disabled={failed || ms === 0}
        onClick={() => void done()}
        data-testid="recorder-done"
      />
    </div>
  );
}
