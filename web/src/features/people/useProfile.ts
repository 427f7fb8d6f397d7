import { useEffect, useState } from "react";
import type { Id, Profile } from "../../gateway/protocol";
import { useParley, useWorld } from "../parley";

/** What somebody says of themselves; read anew whenever something new is told of them. */
export function useProfile(userId: Id): [Profile | null, (profile: Profile) => void] {
  const parley = useParley();
  const told = useWorld((world) => world.users[userId]);
  const [profile, setProfile] = useState<Profile | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each time something is told, it is read anew
  useEffect(() => {
    let gone = false;
    parley.api.profile(userId).then(
      (found) => {
        if (!gone) setProfile(found);
      },
      // Without it there are the name and the avatar still.
      () => undefined,
    );
    return () => {
      gone = true;
    };
  }, [parley, userId, told]);
  return [profile, setProfile];
}
