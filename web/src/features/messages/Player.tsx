import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "../../components/Button";
import type { FileSection } from "../../gateway/protocol";
import { sizeText } from "../../lib/sizes";
import { fromBase64 } from "../../lib/thumbhash";
import { useAttempt, useParley } from "../parley";
import { bars, clockText } from "./shapes";

const BARS = 50;
const STEP_S = 5;

/** Sound, with how loud it is; a voice message has no name. */
export function Player({ file }: { file: FileSection }) {
  const { t, i18n } = useTranslation();
  const parley = useParley();
  const attempt = useAttempt();
  const audio = useRef<HTMLAudioElement>(null);
  const [playing, setPlaying] = useState(false);
  const [atMs, setAtMs] = useState(0);
  const [failed, setFailed] = useState(false);
  const lengthMs = file.media?.duration_ms ?? 0;
  const spoken = file.media?.voice === true;
  const name = spoken ? t("file.voice") : file.name;
  const toggle = async (): Promise<void> => {
    const element = audio.current;
    if (element === null) return;
    if (!element.paused) return element.pause();
    setFailed(false);
    await attempt(async () => {
      if (element.src === "" || failed) element.src = await parley.files.url(file.file_id);
      await element.play();
    });
  };
  const seek = (toMs: number): void => {
    const element = audio.current;
    const to = Math.min(lengthMs, Math.max(0, toMs));
    setAtMs(to);
    if (element !== null && element.src !== "") element.currentTime = to / 1000;
  };
  return (
    <fieldset className="card player" data-testid="file" aria-label={name}>
      {/* biome-ignore lint/a11y/useMediaCaption: what people say has none */}
      <audio
        ref={audio}
        preload="none"
        onPlay={() => setPlaying(true)}
        onPause={() => setPlaying(false)}
        onEnded={() => setAtMs(0)}
        onTimeUpdate={(event) => setAtMs(event.currentTarget.currentTime * 1000)}
        onLoadedMetadata={(event) => {
          if (atMs > 0) event.currentTarget.currentTime = atMs / 1000;
        }}
        onError={() => setFailed(true)}
      />
      <IconButton
        icon={playing ? "pause" : "play"}
        label={t(playing ? "file.pause" : "file.play", { name })}
        onClick={() => void toggle()}
        data-testid="player-toggle"
      />
      <div className="grow">
        {!spoken && <strong>{file.name}</strong>}
        <div className="wave">
          {file.media?.waveform !== undefined && (
            <Wave waveform={file.media.waveform} share={lengthMs === 0 ? 0 : atMs / lengthMs} />
          )}
          <input
            type="range"
            min={0}
            max={Math.max(1, lengthMs)}
            step={100}
            value={Math.min(atMs, lengthMs)}
            aria-label={t("file.position")}
            aria-valuetext={clockText(atMs)}
            onChange={(event) => seek(Number(event.target.value))}
            onKeyDown={(event) => {
              const step = { ArrowLeft: -STEP_S, ArrowRight: STEP_S }[event.key];
              if (step === undefined) return;
              event.preventDefault();
              seek(atMs + step * 1000);
            }}
          />
        </div>
        <small>
          {failed
            ? t("file.failed")
            : `${clockText(playing || atMs > 0 ? atMs : lengthMs)} · ${sizeText(file.size_bytes, i18n.language)}`}
        </small>
      </div>
      <IconButton
        icon="download"
        label={t("file.download", { name })}
        onClick={() => void attempt(() => parley.files.save(file.file_id, file.name))}
        data-testid="file-download"
      />
    </fieldset>
  );
}

export function Wave({ waveform, share }: { waveform: string; share: number }) {
  const heights = bars(fromBase64(waveform), BARS);
  return (
    <svg viewBox={`0 0 ${BARS * 4} 32`} preserveAspectRatio="none" aria-hidden="true">
      {heights.map((height, at) => (
        <rect
          // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its place
          key={at}
          x={at * 4}
          y={16 - Math.max(1, height * 15)}
          width={2.4}
          height={Math.max(2, height * 30)}
          rx={1}
          data-heard={at < share * BARS || undefined}
        />
      ))}
    </svg>
  );
}
