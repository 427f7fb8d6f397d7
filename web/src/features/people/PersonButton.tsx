import { type CSSProperties, type ReactNode, Suspense, useRef, useState } from "react";
import { LazyCard } from "../../components/LazyOverlays";
import { lazily } from "../../components/lazily";
import type { Id } from "../../gateway/protocol";
import { useName } from "../parley";

const Profile = lazily(() => import("./Profile"));

interface Props {
  /** Of the element. */
  id?: string;
  userId: Id;
  groupId: Id | null;
  className?: string;
  style?: CSSProperties | undefined;
  tabIndex?: number;
  testId?: string;
  children: ReactNode;
}

/** Somebody's name or picture: opens their profile beside it. */
export function PersonButton({ id, userId, groupId, className, style, tabIndex, testId, children }: Props) {
  const trigger = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  const name = useName(userId, groupId);
  const close = (): void => setOpen(false);
  return (
    <>
      <button
        ref={trigger}
        type="button"
        id={id}
        className={className}
        style={style}
        tabIndex={tabIndex}
        aria-haspopup="dialog"
        aria-expanded={open}
        onClick={() => setOpen(true)}
        data-testid={testId}
      >
        {children}
      </button>
      {open && (
        <Suspense fallback={null}>
          <LazyCard label={name} trigger={trigger} onClose={close}>
            <Profile userId={userId} groupId={groupId} onClose={close} />
          </LazyCard>
        </Suspense>
      )}
    </>
  );
}
