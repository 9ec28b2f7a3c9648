/**
 * What is to be done with the gradient that flows along an edge of the tape, from a node's output to one of its
 * inputs. Data: planned between the passes, carried out by `rewrite.ts` during the backward pass.
 */
import type { Capture } from "./capture-entry.ts";
import type { TapeNode } from "./engine.ts";
import type { Overlay } from "./place.ts";

export interface EdgePlan {
  /** Their gradients are added up; a single flow that changes nothing is the node's own gradient. */
  readonly flows: readonly Flow[];
  /** For a product: multiplied onto the other operand, where the error has no axis that counts the units. */
  readonly operand?: Overlay;
  /** Multiplied onto the gradient. */
  readonly factor?: number;
  /** What to keep for the gradients of single examples, with the index of the variable. */
  readonly captures?: readonly { readonly variable: number; readonly capture: Capture }[];
  /** Nothing flows, and the node's gradient is not computed. */
  readonly isBlocked?: true;
}

/** A part of the error, and the part of the input that its gradient may reach. */
export interface Flow {
  readonly error: readonly Overlay[];
  readonly gradient: readonly Overlay[];
}

export const WHOLE_FLOW: Flow = { error: [], gradient: [] };

export interface NodePlan {
  readonly node: TapeNode;
  /** Inputs that are not followed at all. */
  readonly dropped: ReadonlySet<string>;
  /** Inputs that are left out get the node's own gradient. */
  readonly edges: ReadonlyMap<string, EdgePlan>;
}

/** Collects the plans of nodes, edge by edge. */
export interface PlanBook {
  readonly drop: (node: TapeNode, input: string) => void;
  readonly update: (node: TapeNode, input: string, change: (plan: EdgePlan) => EdgePlan) => void;
  readonly plans: () => Iterable<NodePlan>;
}

export function createPlanBook(): PlanBook {
  const plans = new Map<number, { node: TapeNode; dropped: Set<string>; edges: Map<string, EdgePlan> }>();
  const open = (node: TapeNode): { dropped: Set<string>; edges: Map<string, EdgePlan> } => {
    const plan = plans.get(node.id) ?? {
      node,
      dropped: new Set<string>(),
      edges: new Map<string, EdgePlan>(),
    };
    plans.set(node.id, plan);
    return plan;
  };
  return {
    drop: (node, input) => open(node).dropped.add(input),
    update: (node, input, change) => {
      const { edges } = open(node);
      edges.set(input, change(edges.get(input) ?? { flows: [WHOLE_FLOW] }));
    },
    plans: () => plans.values(),
  };
}
