#!/usr/bin/perl
# An SMSC made of Perl's Net::SMPP: the second implementation nobody here wrote.
#
# usage: perl net_smpp_smsc.pl --port N --system-id ID --password WORD [--receipts]
# Commands arrive on standard input and events leave on standard output, one JSON object a line;
# smsc_peer.py describes them and the Node SMSC speaks the same.
use strict;
use warnings;
use Getopt::Long;
use IO::Select;
use IO::Handle;
use JSON::PP;
use Net::SMPP;

my ($port, $system_id, $password, $receipts) = (0, '', '', 0);
GetOptions('port=i' => \$port, 'system-id=s' => \$system_id, 'password=s' => \$password, 'receipts' => \$receipts)
    or exit 64;

my $json = JSON::PP->new->latin1->canonical;
STDOUT->autoflush(1);
sub say_event { my ($event, %more) = @_; print $json->encode({event => $event, %more}), "\n"; }

# smpp_version is set again on each session: accept() does not carry it over.
my $listener = Net::SMPP->new_listen('127.0.0.1', port => $port, smpp_version => 0x34) or die "cannot listen: $!";
my $wakers = IO::Select->new($listener, \*STDIN);
my ($bound, $submitted) = (undef, 0);
my ($refused_with, $refuse) = (0, 0);    # the status of the next so many submit_sm
my %tags;    # sequence of a deliver_sm -> what the suite calls it

sub close_session {
    my ($session) = @_;
    $wakers->remove($session);
    $session->close;
    undef $bound if defined $bound && $bound == $session;
    say_event('closed');
}

sub deliver {
    my ($session, $kind, $tag, %fields) = @_;
    my $sequence = $session->deliver_sm(async => 1, %fields);
    $tags{$sequence} = [$kind, $tag];
}

sub on_bind {
    my ($session, $pdu, $name) = @_;
    my $known = $pdu->{system_id} eq $system_id && $pdu->{password} eq $password;
    my $respond = $session->can("${name}_resp");
    # 0x0210 is sc_interface_version.
    $respond->($session, seq => $pdu->{seq}, system_id => 'perl', 0x0210 => pack('C', 0x34)) if $known;
    $respond->($session, seq => $pdu->{seq}, status => 0x0D) unless $known;
    say_event($known ? 'bound' : 'refused', system_id => $pdu->{system_id}, bind => $name,
              interface_version => $pdu->{interface_version} + 0);
    if ($known) { $bound = $session }
    else { close_session($session) }
}

sub on_submit {
    my ($session, $pdu) = @_;
    if ($refuse > 0) {
        --$refuse;
        $session->submit_sm_resp(seq => $pdu->{seq}, message_id => '', status => $refused_with);
        return say_event('submit_refused', status => $refused_with);
    }
    my $id = 'perl-' . ++$submitted;
    $session->submit_sm_resp(seq => $pdu->{seq}, message_id => $id);
    say_event('submit_sm', id => $id, from => $pdu->{source_addr}, to => $pdu->{destination_addr},
              text => $pdu->{short_message}, data_coding => $pdu->{data_coding} + 0, esm_class => $pdu->{esm_class} + 0,
              registered_delivery => $pdu->{registered_delivery} + 0, validity => $pdu->{validity_period});
    return unless $receipts;
    my $text = "id:$id sub:001 dlvrd:001 submit date:2601010000 done date:2601010001 stat:DELIVRD err:000 text:";
    deliver($session, 'receipt_resp', $id, esm_class => 4, short_message => $text,
            source_addr_ton => $pdu->{dest_addr_ton}, source_addr_npi => $pdu->{dest_addr_npi},
            source_addr => $pdu->{destination_addr}, dest_addr_ton => $pdu->{source_addr_ton},
            dest_addr_npi => $pdu->{source_addr_npi}, destination_addr => $pdu->{source_addr});
}

sub on_delivered {
    my ($session, $pdu) = @_;
    my $tag = delete $tags{$pdu->{seq}} or return say_event('error', what => "an answer to sequence $pdu->{seq}");
    say_event($tag->[0], ($tag->[0] eq 'receipt_resp' ? 'id' : 'tag') => $tag->[1], status => $pdu->{status} + 0);
}

my %on = (
    (map { my $name = $_; ($name => sub { on_bind(@_, $name) }) } qw(bind_transceiver bind_receiver bind_transmitter)),
    enquire_link => sub { $_[0]->enquire_link_resp(seq => $_[1]{seq}); say_event('enquire_link') },
    submit_sm => \&on_submit,
    deliver_sm_resp => \&on_delivered,
    unbind => sub { $_[0]->unbind_resp(seq => $_[1]{seq}); say_event('unbind'); close_session($_[0]) },
);

sub on_session {
    my ($session) = @_;
    my $pdu = do { local $SIG{__WARN__} = sub { }; $session->read_pdu };
    return close_session($session) unless defined $pdu;
    my $name = (Net::SMPP::pdu_tab->{$pdu->{cmd}} || {cmd => sprintf('0x%08x', $pdu->{cmd})})->{cmd};
    my $handler = $on{$name} or return say_event('error', what => "nothing is done with $name");
    $handler->($session, $pdu);
}

my %commands = (
    deliver => sub {
        my ($command) = @_;
        return say_event('not_bound', tag => $command->{tag}) unless defined $bound;
        my $octets = defined $command->{octets} ? pack('H*', $command->{octets}) : $command->{text};
        deliver($bound, 'deliver_sm_resp', $command->{tag}, short_message => $octets,
                esm_class => $command->{esm_class} || 0, data_coding => $command->{data_coding} || 0,
                source_addr_ton => 1, source_addr_npi => 1, source_addr => $command->{from},
                dest_addr_ton => 0, dest_addr_npi => 1, destination_addr => $command->{to});
    },
    refuse => sub {
        my ($command) = @_;
        ($refused_with, $refuse) = ($command->{status}, $command->{count});
        say_event('refusing');
    },
    outbind => sub {
        my ($command) = @_;
        my $session = Net::SMPP->new_connect('127.0.0.1', port => $command->{port}, smpp_version => 0x34)
            or return say_event('error', what => "cannot connect: $!");
        $session->outbind(system_id => 'perl', password => $command->{password});
        $session->close;
    },
    quit => sub { exit 0 },
);

# Unbuffered: a buffered reader would hide a second line from select.
my $input = '';
sub on_input {
    sysread(STDIN, $input, 65536, length $input) or exit 0;
    while ($input =~ s/^([^\n]*)\n//) {
        my $command = decode_json($1);
        $commands{$command->{do}}->($command);
    }
}

say_event('listening', port => $listener->sockport);
while (1) {
    for my $ready ($wakers->can_read) {
        if (fileno($ready) == fileno(STDIN)) { on_input() }
        elsif ($ready == $listener) {
            my $session = $listener->accept or next;
            $session->set_version(0x34);
            $wakers->add($session);
        }
        else { on_session($ready) }
    }
}
