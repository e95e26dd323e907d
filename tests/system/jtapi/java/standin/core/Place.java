package standin.core;

/** What can be a party of a call: a number outside, or a line of ours. Equal ones are the same object. */
public class Place {
    public final String number;
    public final String partition;

    Place(String number, String partition) {
        this.number = number;
        this.partition = partition;
    }

    @Override
    public String toString() {
        return partition.isEmpty() ? number : number + "/" + partition;
    }
}
