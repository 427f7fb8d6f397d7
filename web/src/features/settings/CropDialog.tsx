import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button, Notice } from "../../components/Button";
import { Dialog } from "../../components/overlays";
import { type Crop, fitted, kept, MOST_ZOOM, pulled, type Size, whole } from "../../lib/crop";
import { useDeed } from "../useDeed";

interface Props {
  title: string;
  file: File;
  /** Of what is kept, in pixels. */
  size: Size;
  round?: boolean;
  onClose: () => void;
  onSave: (image: Blob) => Promise<void>;
}

const STEP_PX = 12;

/** Chooses the part of a picture that is shown: drag it, or use the arrow keys; + and - and the slider enlarge it. */
export function CropDialog({ title, file, size, round = false, onClose, onSave }: Props) {
  const { t } = useTranslation();
  const picture = usePicture(file);
  const [crop, setCrop] = useState<Crop | null>(null);
  const { busy, problem, run } = useDeed();
  const shown = picture.image && (crop ?? whole(natural(picture.image)));
  const save = async (): Promise<void> => {
    if (!picture.image || !shown) return;
    const image = await drawn(picture.image, shown, size);
    if (await run(() => onSave(image))) onClose();
  };
  return (
    <Dialog title={title} closeLabel={t("action.close")} onClose={onClose}>
      <div className="form">
        {picture.failed && <Notice tone="bad">{t("error.bad_image")}</Notice>}
        {problem !== null && <Notice tone="bad">{problem}</Notice>}
        {picture.image && shown && (
          <>
            <Stage image={picture.image} crop={shown} size={size} round={round} onCrop={setCrop} />
            <label className="crop-zoom">
              {t("profile.zoom")}
              <input
                type="range"
                min={1}
                max={MOST_ZOOM}
                step={0.01}
                value={shown.zoom}
                onChange={(event) => {
                  if (picture.image)
                    setCrop(
                      fitted(natural(picture.image), size, { ...shown, zoom: event.target.valueAsNumber }),
                    );
                }}
                data-testid="crop-zoom"
              />
            </label>
          </>
        )}
        <div className="dialog-foot">
          <Button look="quiet" onClick={onClose}>
            {t("action.cancel")}
          </Button>
          <Button
            look="primary"
            busy={busy}
            disabled={!picture.image}
            onClick={() => void save()}
            data-testid="crop-save"
          >
            {t("action.save")}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

interface StageProps {
  image: HTMLImageElement;
  crop: Crop;
  size: Size;
  round: boolean;
  onCrop: (crop: Crop) => void;
}

function Stage({ image, crop, size, round, onCrop }: StageProps) {
  const { t } = useTranslation();
  const canvas = useRef<HTMLCanvasElement>(null);
  const held = useRef<{ x: number; y: number } | null>(null);
  useEffect(() => {
    if (canvas.current) paint(canvas.current, image, crop);
  });
  const pull = (dx: number, dy: number): void => {
    const viewWidth = canvas.current?.getBoundingClientRect().width || size.width;
    onCrop(pulled(natural(image), size, crop, { dx, dy, viewWidth }));
  };
  const move = (event: PointerEvent): void => {
    if (held.current === null) return;
    pull(event.clientX - held.current.x, event.clientY - held.current.y);
    held.current = { x: event.clientX, y: event.clientY };
  };
  const press = (event: KeyboardEvent): void => {
    const arrows: Record<string, [number, number]> = {
      ArrowLeft: [STEP_PX, 0],
      ArrowRight: [-STEP_PX, 0],
      ArrowUp: [0, STEP_PX],
      ArrowDown: [0, -STEP_PX],
    };
    const arrow = arrows[event.key];
    const zoom = { "+": 1.1, "=": 1.1, "-": 1 / 1.1 }[event.key];
    if (arrow) pull(...arrow);
    else if (zoom) onCrop(fitted(natural(image), size, { ...crop, zoom: crop.zoom * zoom }));
    else return;
    event.preventDefault();
  };
  return (
    <canvas
      ref={canvas}
      className={round ? "crop round" : "crop"}
      width={size.width}
      height={size.height}
      role="img"
      aria-label={t("profile.cropHint")}
      tabIndex={0}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        held.current = { x: event.clientX, y: event.clientY };
      }}
      onPointerMove={move}
      onPointerUp={() => {
        held.current = null;
      }}
      onKeyDown={press}
      data-testid="crop"
    />
  );
}

const natural = ({ naturalWidth, naturalHeight }: HTMLImageElement): Size => ({
  width: naturalWidth,
  height: naturalHeight,
});

function paint(canvas: HTMLCanvasElement, image: HTMLImageElement, crop: Crop): void {
  const context = canvas.getContext("2d");
  if (!context) return;
  const { left, top, width, height } = kept(natural(image), canvas, crop);
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = "high";
  context.drawImage(image, left, top, width, height, 0, 0, canvas.width, canvas.height);
}

/** A browser that makes no WebP makes a PNG. */
async function drawn(image: HTMLImageElement, crop: Crop, size: Size): Promise<Blob> {
  const canvas = document.createElement("canvas");
  canvas.width = size.width;
  canvas.height = size.height;
  paint(canvas, image, crop);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/webp", 0.92));
  if (!blob) throw new Error("This browser draws no pictures.");
  return blob;
}

function usePicture(file: File): { image: HTMLImageElement | null; failed: boolean } {
  const [state, setState] = useState<{ image: HTMLImageElement | null; failed: boolean }>({
    image: null,
    failed: false,
  });
  useEffect(() => {
    const url = URL.createObjectURL(file);
    const image = new Image();
    image.onload = () => setState({ image, failed: image.naturalWidth === 0 });
    image.onerror = () => setState({ image: null, failed: true });
    image.src = url;
    return () => {
      image.onload = null;
      image.onerror = null;
      URL.revokeObjectURL(url);
    };
  }, [file]);
  return state;
}
