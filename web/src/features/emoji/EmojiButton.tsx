import { Suspense, useRef, useState } from "react";
import { IconButton } from "../../components/Button";
import { LazyCard } from "../../components/LazyOverlays";
import { lazily } from "../../components/lazily";
import type { Id } from "../../gateway/protocol";
import type { Pickable } from "./pickable";

const EmojiPicker = lazily(() => import("./EmojiPicker"));

interface Props {
  groupId: Id | null;
  label: string;
  size?: number;
  className?: string;
  tabIndex?: number;
  testId?: string;
  /** Told when the picker opens and closes. */
  onOpen?: (open: boolean) => void;
  onPick: (emoji: Pickable) => void;
}

/** Opens the picker beside itself; it closes with the first emoji that is picked. */
export function EmojiButton({ groupId, label, size, className, tabIndex, testId, onOpen, onPick }: Props) {
  const trigger = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  const show = (shown: boolean): void => {
    setOpen(shown);
    onOpen?.(shown);
  };
  return (
    <>
      <IconButton
        ref={trigger}
        icon="smile"
        label={label}
        {...(size === undefined ? {} : { size })}
        {...(className === undefined ? {} : { className })}
        tabIndex={tabIndex}
        aria-haspopup="dialog"
        aria-expanded={open}
        onClick={() => show(true)}
        data-testid={testId}
      />
      {open && (
        <Suspense fallback={null}>
          <LazyCard label={label} placement="top end" trigger={trigger} onClose={() => show(false)}>
            <EmojiPicker
              groupId={groupId}
              onPick={(emoji) => {
                show(false);
                onPick(emoji);
              }}
            />
          </LazyCard>
        </Suspense>
      )}
    </>
  );
}
